"""The interview: graders, scores, the graph of turns, sessions and their history."""
