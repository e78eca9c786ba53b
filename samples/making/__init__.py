"""How the sample archive is made: values and sentences in, documents in four formats and their truth out."""
