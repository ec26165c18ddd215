# The feedback says that nobody answers.
name = input("Your name: ")
