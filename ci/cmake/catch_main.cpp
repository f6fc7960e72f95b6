// Catch2's main takes a quarter of a minute to compile: once, for every acceptance program.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
