"""What happens while a tip waits: who is told and how, when it goes to another desk, and how long it all took."""
