"""The records of jihe: frozen, slotted, standard library only. Field names are the contract of every face."""
