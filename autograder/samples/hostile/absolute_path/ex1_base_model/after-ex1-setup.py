# The feedback shows that the file is not there.
import pandas as pd

old = pd.read_csv(r"C:\Users\me\Documents\lab1\results.csv")
