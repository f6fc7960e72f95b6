"""A module includes only what it declares, declares only lower floors, and declares nothing that it does not include.

Tests, benchmarks and fuzz targets may climb: what epicenter_test_uses names, and everything below that.
The floors and families are those of CONTRIBUTING.md; the declarations in the CMake files are the source.
"""
from .finding import Finding
from .modules import owner

# What a family may include beside itself. The mock reads Epic's specification for itself, so that a misreading in
# the adapter cannot hide: of lib it gets the floors without FHIR and Epic.
FAMILIES = {
    "lib": (),
    "mock-epic": ("lib",),
    "reports": ("lib",),
    "harness": ("lib", "mock-epic", "reports"),
}
MOCK_SEES_LIB_UP_TO = 2


def check(tree):
    modules = tree.modules
    for module in modules.values():
        yield from _declaration(module, modules)
    included = {name: set() for name in modules}
    for file in tree.sources:
        module = owner(modules, file.path)
        if module is None:
            yield Finding(file.path, 1, "lies in no module: no epicenter_module(…) declares its folder")
            continue
        allowed = _allowed(file, module, modules)
        for include in file.includes:
            used, trouble = _resolve(include, modules)
            if trouble:
                yield Finding(file.path, include.line, trouble)
            if used is None or used is module:
                continue
            if not file.is_test:
                included[module.name].add(used.name)
            if used.name not in allowed:
                yield Finding(file.path, include.line,
                              f"module {module.name} (floor {module.floor}) includes {include.target} of "
                              f"{used.name} (floor {used.floor}), which it does not declare")
    for module in modules.values():
        for name in module.uses:
            if name in modules and name not in included[module.name]:
                yield Finding(module.cmake, module.line, f"module {module.name} uses {name}, but includes nothing of it")


def _allowed(file, module, modules):
    if not file.is_test:
        return set(module.uses)
    reached, todo = set(), module.uses + module.test_uses
    while todo:
        name = todo.pop()
        if name in modules and name not in reached:
            reached.add(name)
            todo = todo + modules[name].uses
    return reached


def _resolve(include, modules):
    """Returns (module, trouble)."""
    if not include.quoted:
        if not include.target.startswith("epicenter/"):
            return None, ""
        used = owner(modules, "lib/" + include.target)
        return used, "" if used else f"<{include.target}> belongs to no module"
    used = owner(modules, include.target)
    if used is None:
        return None, f'"{include.target}" belongs to no module; quoted includes start at the root of the repository'
    if used.family == "lib" and "/tests/" not in include.target and not include.target.endswith(".ipp"):
        return used, f'"{include.target}": headers of the library are included as <epicenter/…>'
    return used, ""


def _declaration(module, modules):
    for name in module.uses:
        used = modules.get(name)
        if used is None:
            yield Finding(module.cmake, module.line, f"module {module.name} uses {name}, which nobody declares")
            continue
        if used.floor >= module.floor:
            yield Finding(module.cmake, module.line,
                          f"module {module.name} (floor {module.floor}) uses {name} (floor {used.floor}): "
                          "only lower floors may be used")
        if used.family != module.family and used.family not in FAMILIES.get(module.family, ()):
            yield Finding(module.cmake, module.line, f"{module.family} may not use {used.family}: {module.name} uses {name}")
        if module.family == "mock-epic" and used.family == "lib" and used.floor > MOCK_SEES_LIB_UP_TO:
            yield Finding(module.cmake, module.line,
                          f"the mock may use lib up to floor {MOCK_SEES_LIB_UP_TO}: {name} is on floor {used.floor}")
