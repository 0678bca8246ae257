"""What people write in word processors and note programs."""
