#pragma once
#include <gmime/gmime.h>
#include <pthread.h>

void rapport_gmime_begin(void);
