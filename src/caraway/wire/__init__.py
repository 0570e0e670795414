"""What generated message classes run on: records, limits, schemas, registries."""
