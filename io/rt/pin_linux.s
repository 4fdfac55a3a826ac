// The compiler wants an assembly file in a package that declares functions without a body.
