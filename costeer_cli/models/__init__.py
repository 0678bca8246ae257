"""Local models: what there is, fetching and checking it, and running it with kept KV caches."""
