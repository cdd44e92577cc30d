"""Crystal structures as frozen values, and the ways from and to ASE, OPTIMADE and pymatgen."""
