from functions.edge import cold_start

cold_start.begin()
