# Compiler settings that hold for every target of the project.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")

find_program(EPICENTER_CCACHE ccache)
if(EPICENTER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${EPICENTER_CCACHE}")
endif()

find_program(EPICENTER_MOLD mold)
if(EPICENTER_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Debug information of -g1 keeps line numbers in stack traces and halves the size of Asio's objects.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g0")

add_library(epicenter_warnings INTERFACE)
target_compile_options(epicenter_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Asio's coroutine frames come from aligned_alloc and go back by its own operator delete; inlined, g++ 12 takes the
  # pair for a mismatch.
  target_compile_options(epicenter_warnings INTERFACE -Wno-mismatched-new-delete)
endif()

if(EPICENTER_SANITIZE)
  add_compile_options(-fsanitize=${EPICENTER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${EPICENTER_SANITIZE})
  if(EPICENTER_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # Asio uses a fence that g++ warns about; nothing of ours does
  endif()
endif()
