# Given to llama.cpp's build as CMAKE_PROJECT_TOP_LEVEL_INCLUDES: builds llama-server and nothing
# else, with full optimisation where tokens are computed and little elsewhere.
cmake_language(DEFER CALL _only_the_server)

function(_only_the_server)
  get_property(folders DIRECTORY tools PROPERTY SUBDIRECTORIES)
  foreach(folder ${folders})
    if(NOT folder MATCHES "/server$")
      set_property(DIRECTORY ${folder} PROPERTY EXCLUDE_FROM_ALL ON)
      get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
      foreach(target ${targets})
        set_property(TARGET ${target} PROPERTY EXCLUDE_FROM_ALL ON)
      endforeach()
    endif()
  endforeach()
  foreach(target ggml-base ggml-cpu)
    target_compile_options(${target} PRIVATE -O3)
  endforeach()
endfunction()
