"""The file store: documents, exports and bank statements, kept by what is in them."""
