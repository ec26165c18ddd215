import cpuinfo_of_my_laptop


def hardware_table():
    return cpuinfo_of_my_laptop.table()
