from functions.complaints import cold_start

cold_start.begin()
