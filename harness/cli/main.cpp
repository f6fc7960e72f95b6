#include <cstdio>
int main() { std::puts("epicenter"); }
