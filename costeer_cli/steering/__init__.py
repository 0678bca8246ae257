"""Pure maths: which token to choose, given what the cloud and the local model say of it."""
