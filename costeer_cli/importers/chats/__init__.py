"""Chats and conversations: one file per service, and what several of them need."""
