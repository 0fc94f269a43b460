# SPDX-License-Identifier: GPL-3.0-or-later
# One INTERFACE target carries every compile and link flag; each Cairn target links it.
add_library(cairn_flags INTERFACE)
target_compile_features(cairn_flags INTERFACE cxx_std_20)
target_compile_options(cairn_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
    -Woverloaded-virtual -Wnon-virtual-dtor -Wformat=2 -fstack-protector-strong)
if(CAIRN_WERROR)
    target_compile_options(cairn_flags INTERFACE -Werror)
endif()
target_compile_definitions(cairn_flags INTERFACE
    _GLIBCXX_ASSERTIONS
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_FOREACH QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_STRICT_ITERATORS
    QT_DISABLE_DEPRECATED_BEFORE=0x060400 QT_DISABLE_DEPRECATED_UP_TO=0x060400)
if(CAIRN_SANITIZE)
    target_compile_options(cairn_flags INTERFACE -fsanitize=${CAIRN_SANITIZE} -fno-omit-frame-pointer -g1)
    target_link_options(cairn_flags INTERFACE -fsanitize=${CAIRN_SANITIZE})
    if(CAIRN_SANITIZE MATCHES "undefined")
        target_compile_options(cairn_flags INTERFACE -fno-sanitize-recover=undefined)
    endif()
else()
    # _FORTIFY_SOURCE needs optimisation and is of no use beside ASan.
    target_compile_options(cairn_flags INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
endif()
find_program(CAIRN_MOLD mold)
if(CAIRN_MOLD)
    target_link_options(cairn_flags INTERFACE -fuse-ld=mold)
endif()
find_program(CAIRN_CCACHE ccache)
if(CAIRN_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CAIRN_CCACHE})
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
