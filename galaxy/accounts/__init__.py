"""Who people are and for whom they may act: users, sign-in, bodies, mandates, and the log of every act."""
