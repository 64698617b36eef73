"""The resolver's parts, each built on the one before: documents, modules, names, classes, annotations, inference."""
