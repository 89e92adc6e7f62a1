"""The pages of care and victim-services desks, and the door by which a supervisor opens a referral once."""
