"""The language model as a grader: where it is, how it is asked, what is made of what it says."""
