"""The public side: providers that continue a public text and list their candidates."""
