"""What keeps private things private: the one outbound door and what stands in front of it."""
