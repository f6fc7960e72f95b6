// Implementation of the templates of task.hpp; included by task.hpp.
#pragma once
