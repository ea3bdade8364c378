/*
 * A counted, doubly linked list whose links live in what is listed.  Each
 * user wraps it in helpers of its own type, so that one list's element
 * cannot be taken off another list unseen: remove checks the owner.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <assert.h>
#include <stddef.h>

struct list;

struct link {
	struct link *next;
	struct link *prev;
	struct list *on; /* the list it stands on, or NULL */
};

struct list {
	struct link *first;
	struct link *last;
	size_t	     count;
};

/* The struct of the given type whose member is at link l. */
#define list_of(l, type, member) \
	((type *)(void *)((char *)(l)-offsetof(type, member)))

/* Safe against removal of the element at hand. */
#define LIST_EACH(l, list)                              \
	for (struct link *l = (list)->first, *l##_next; \
	     l != NULL && (l##_next = l->next, 1); l = l##_next)

static inline void
list_append(struct list *list, struct link *l)
{
	assert(l->on == NULL);
	l->on = list;
	l->next = NULL;
	l->prev = list->last;
	if (list->last != NULL)
		list->last->next = l;
	else
		list->first = l;
	list->last = l;
	list->count++;
}

static inline void
list_remove(struct list *list, struct link *l)
{
	assert(l->on == list);
	if (l->prev != NULL)
		l->prev->next = l->next;
	else
		list->first = l->next;
	if (l->next != NULL)
		l->next->prev = l->prev;
	else
		list->last = l->prev;
	*l = (struct link){ 0 };
	list->count--;
}

/* Takes the first link off; NULL when the list is empty. */
static inline struct link *
list_shift(struct list *list)
{
	struct link *l = list->first;

	if (l != NULL)
		list_remove(list, l);
	return (l);
}

#endif
