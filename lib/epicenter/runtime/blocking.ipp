// Implementation of runtime::blocking; included by runtime.hpp.
#pragma once
