# SPDX-License-Identifier: GPL-3.0-or-later
# cairn_library(<name> [PUBLIC libs…] [PRIVATE libs…]): one static library out of all .cpp/.h of the calling
# folder, with the alias cairn::<name>. Third-party libraries belong to PRIVATE so that their headers never leak.
function(cairn_library name)
    cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS *.cpp *.h)
    if(NOT sources MATCHES "\\.cpp")
        # A folder without sources yet still takes part in the dependency graph.
        file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/empty_${name}.cpp "namespace cairn {}\n")
        list(APPEND sources ${CMAKE_CURRENT_BINARY_DIR}/empty_${name}.cpp)
    endif()
    add_library(cairn_${name} STATIC ${sources})
    add_library(cairn::${name} ALIAS cairn_${name})
    set_target_properties(cairn_${name} PROPERTIES AUTOMOC ON LINKER_LANGUAGE CXX)
    target_include_directories(cairn_${name} PUBLIC ${PROJECT_SOURCE_DIR}/models ${PROJECT_SOURCE_DIR}/widgets)
    target_link_libraries(cairn_${name} PUBLIC ${ARG_PUBLIC} PRIVATE cairn_flags ${ARG_PRIVATE})
    cairn_precompiled(cairn_${name} LIBRARIES ${ARG_PUBLIC} ${ARG_PRIVATE})
    set_property(GLOBAL APPEND PROPERTY CAIRN_LIBRARIES cairn_${name})
endfunction()
