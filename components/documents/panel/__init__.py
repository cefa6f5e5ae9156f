"""The documents page: bring documents, see what they take at each model, ask both, check what they quote."""
