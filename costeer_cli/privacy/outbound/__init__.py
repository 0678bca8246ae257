"""The only room that may hand text to the cloud."""
