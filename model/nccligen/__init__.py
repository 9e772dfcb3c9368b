"""NCCLIGen: cells, writes, addresses. The bundled machine."""
