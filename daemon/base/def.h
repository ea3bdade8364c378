/*
 * Words that the compiler should have had: attributes and sizes.
 */
#ifndef BASE_DEF_H
#define BASE_DEF_H

#define MUSTCHECK	 __attribute__((warn_unused_result))
#define PRINTFLIKE(f, a) __attribute__((format(printf, f, a)))
#define NORETURN	 __attribute__((noreturn))
#define BIT(n)		 (1u << (n))
#define nitems(a)	 (sizeof(a) / sizeof((a)[0]))

#endif
