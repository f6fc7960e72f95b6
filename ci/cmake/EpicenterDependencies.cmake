# Every library the project links, found once; EpicenterConfig.cmake.in finds those of lib/ again for its users. ci/deps.txt gives the Debian package and the reason of each.
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS json url)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
list(APPEND CMAKE_MODULE_PATH "${PROJECT_SOURCE_DIR}/ci/cmake")
find_package(libdeflate MODULE REQUIRED)
find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
if(NOT EPICENTER_LIBRARY_ONLY)
  find_package(yaml-cpp REQUIRED)
  find_package(CLI11 REQUIRED)
  find_package(pugixml REQUIRED)
  find_library(EPICENTER_RE2 re2 REQUIRED)  # Debian's package has no CMake file
  add_library(re2 UNKNOWN IMPORTED)
  set_target_properties(re2 PROPERTIES IMPORTED_LOCATION "${EPICENTER_RE2}")
endif()
if(EPICENTER_TESTS)
  find_package(GTest REQUIRED)
  find_package(Catch2 2 REQUIRED)
endif()
if(EPICENTER_BENCH)
  find_package(benchmark REQUIRED)
endif()

# Asio, its SSL part and Beast are compiled once, here, instead of in every file that includes them.
add_library(epicenter_net STATIC "${PROJECT_SOURCE_DIR}/lib/epicenter/runtime/net/net.cpp")
target_compile_definitions(epicenter_net PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_ARRAY BOOST_ASIO_DISABLE_BOOST_BIND
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8) # a call is some six coroutines deep: kept are two, and the others cost memalign() each
target_link_libraries(epicenter_net PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
