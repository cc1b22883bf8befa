"""Many runs from one file: which they are, what each may spend, and how they compare."""
