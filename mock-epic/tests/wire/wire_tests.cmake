# Each *.test.mjs beside this file is one test: npm's clients against the built program.
file(GLOB wire_tests CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/*.test.mjs")
set(soak_seconds 60)
if(EPICENTER_SANITIZE)
  set(soak_seconds 10)  # several times slower, and as many interleavings
endif()
foreach(test IN LISTS wire_tests)
  get_filename_component(name "${test}" NAME)
  string(REPLACE ".test.mjs" "" stem "${name}")
  add_test(NAME mock_epic.wire.${stem} COMMAND "${CMAKE_CURRENT_LIST_DIR}/run" ${name})
  set_tests_properties(mock_epic.wire.${stem} PROPERTIES
    ENVIRONMENT "EPICENTER_PROGRAM=${PROJECT_BINARY_DIR}/epicenter;EPICENTER_SOAK_SECONDS=${soak_seconds}"
    SKIP_RETURN_CODE 77 TIMEOUT 900 LABELS wire)
endforeach()
