"""`python -m pipelines` is `jihe`, for where the script is not on the path."""

from pipelines.faces.cli import main

if __name__ == "__main__":
    main()
