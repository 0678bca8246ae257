"""Experts: small adapters of the local model, trained here on what the person wrote."""
