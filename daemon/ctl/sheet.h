/*
 * What is printed whole, being no list of things: a report on paper
 * (cxreport.h), a file of CSV, and runs, whose months or weeks are columns.
 */
#ifndef CTL_SHEET_H
#define CTL_SHEET_H

#include <stdbool.h>
#include <jansson.h>
#include "show.h"

/* Prints it if it is one; false: it is not. */
bool sheet_show(struct show *, const json_t *);

#endif
