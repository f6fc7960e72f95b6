# Each *.test.mjs beside this file is one test: Toxiproxy's own client and raw sockets against the built program.
# They look at the clock, and so run alone.
file(GLOB wire_tests CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/*.test.mjs")
foreach(test IN LISTS wire_tests)
  get_filename_component(name "${test}" NAME)
  string(REPLACE ".test.mjs" "" stem "${name}")
  add_test(NAME proxy.wire.${stem} COMMAND "${CMAKE_CURRENT_LIST_DIR}/run" ${name})
  set_tests_properties(proxy.wire.${stem} PROPERTIES
    ENVIRONMENT "EPICENTER_PROGRAM=${PROJECT_BINARY_DIR}/epicenter"
    SKIP_RETURN_CODE 77 TIMEOUT 300 LABELS wire RUN_SERIAL ON)
endforeach()
