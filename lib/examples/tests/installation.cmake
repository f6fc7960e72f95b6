# In the build: two tests of the installation. As a script (cmake -DSTEP=… -P): one of them.
cmake_minimum_required(VERSION 3.25)

if(NOT CMAKE_SCRIPT_MODE_FILE)
  if(NOT EPICENTER_TESTS)
    return()
  endif()
  foreach(step IN ITEMS consumer library_only)
    add_test(NAME installation.${step} COMMAND "${CMAKE_COMMAND}"
      -DSTEP=${step} "-DSOURCE=${PROJECT_SOURCE_DIR}" "-DBUILD=${PROJECT_BINARY_DIR}"
      "-DWORK=${PROJECT_BINARY_DIR}/installation/${step}"
      "-DGENERATOR=${CMAKE_GENERATOR}" "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DLAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}"
      "-DSANITIZE=${EPICENTER_SANITIZE}" -P "${CMAKE_CURRENT_LIST_FILE}")
    set_tests_properties(installation.${step} PROPERTIES TIMEOUT 600)
  endforeach()
  return()
endif()

function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " line)
    message(FATAL_ERROR "${line}\n${output}")
  endif()
endfunction()

# Configures and builds SOURCE in BINARY as somebody does who has Epicenter in a prefix, and nothing else.
function(build_against_prefix source binary)
  set(flags)
  if(SANITIZE)
    set(flags "-DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE}")
  endif()
  run("${CMAKE_COMMAND}" -S "${source}" -B "${binary}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
      "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" "-DCMAKE_PREFIX_PATH=${WORK}/prefix" ${flags})
  run("${CMAKE_COMMAND}" --build "${binary}" --parallel 2)
endfunction()

# A file that includes these headers of the prefix and nothing before them.
function(write_includes file)
  set(text)
  foreach(header IN LISTS ARGN)
    string(APPEND text "#include <${header}>\n")
  endforeach()
  file(WRITE "${file}" "${text}")
endfunction()

# All headers together in both orders: none breaks another, or leans on one that comes after it. The doors of the
# library each alone: all of them with EPICENTER_ALL_HEADERS in the environment, which takes minutes.
function(compile_headers)
  file(GLOB_RECURSE headers RELATIVE "${WORK}/prefix/include" "${WORK}/prefix/include/epicenter/*.hpp")
  list(LENGTH headers count)
  if(count LESS 100)
    message(FATAL_ERROR "only ${count} headers were installed")
  endif()
  set(folder "${WORK}/headers")
  write_includes("${folder}/forwards.cpp" ${headers})
  set(backwards ${headers})
  list(REVERSE backwards)
  write_includes("${folder}/backwards.cpp" ${backwards})
  set(alone epicenter/epic/open.hpp epicenter/resilience/breaker.hpp epicenter/runtime/runtime.hpp)
  if(DEFINED ENV{EPICENTER_ALL_HEADERS})
    set(alone ${headers})
  endif()
  foreach(header IN LISTS alone)
    string(REPLACE "/" "_" name "${header}")
    write_includes("${folder}/${name}.cpp" ${header})
  endforeach()
  file(WRITE "${folder}/CMakeLists.txt" [[
cmake_minimum_required(VERSION 3.25)
project(Headers LANGUAGES CXX)
find_package(Epicenter 0.1 REQUIRED COMPONENTS adapter epic http resilience)
find_package(Epicenter 0.2 QUIET)
if(Epicenter_FOUND)
  message(FATAL_ERROR "0.1 passes for 0.2")
endif()
find_package(Epicenter QUIET COMPONENTS nonsense)
if(Epicenter_FOUND)
  message(FATAL_ERROR "there is a component nonsense")
endif()
file(GLOB sources *.cpp)
add_library(headers OBJECT ${sources})
target_link_libraries(headers PRIVATE Epicenter::adapter)
]])
  build_against_prefix("${folder}" "${WORK}/headers-build")
endfunction()

# The program of the package runs: it says what it lacks.
function(run_example)
  execute_process(COMMAND "${CMAKE_COMMAND}" -E env --unset=EPIC_BASE_URL "${WORK}/build/place_order" patient encounter user
                  ERROR_VARIABLE said RESULT_VARIABLE code)
  if(NOT code EQUAL 2 OR NOT said MATCHES "EPIC_BASE_URL")
    message(FATAL_ERROR "place_order: exit code ${code}, and it said: ${said}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
if(STEP STREQUAL "consumer")
  run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/prefix")
  if(EXISTS "${WORK}/prefix/bin")
    message(FATAL_ERROR "an installation brings more than the library")
  endif()
  # A copy: what it needs must come from the prefix.
  file(COPY "${SOURCE}/lib/examples/" DESTINATION "${WORK}/source")
  build_against_prefix("${WORK}/source" "${WORK}/build")
  run_example()
  compile_headers()
elseif(STEP STREQUAL "library_only")
  # Without the libraries of the harness, which must not be asked for.
  run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${WORK}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
      "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" -DEPICENTER_LIBRARY_ONLY=ON -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON
      -DCMAKE_DISABLE_FIND_PACKAGE_yaml-cpp=ON -DCMAKE_DISABLE_FIND_PACKAGE_pugixml=ON)
  run("${CMAKE_COMMAND}" --build "${WORK}" --target epicenter_base --parallel 2)
  execute_process(COMMAND "${CMAKE_COMMAND}" --build "${WORK}" --target help OUTPUT_VARIABLE targets)
  if(NOT targets MATCHES "epicenter_epic" OR targets MATCHES "mock|harness|_tests|epicenter_cli")
    message(FATAL_ERROR "the library alone has these targets:\n${targets}")
  endif()
else()
  message(FATAL_ERROR "no such step: ${STEP}")
endif()
