"""What people publish: archives of networks, feeds, blogs and saved pages."""
