// The few functions of libuv that tell when a descriptor can be read. Node exports them, and libuv's version 1 keeps its
// binary interface, but its header is not among those of Node-API.
#ifndef INITVISOR_UV_POLL_H
#define INITVISOR_UV_POLL_H

#include <stddef.h>

struct uv_loop_s;
/** Only ever pointed to; as large as libuv says. */
typedef struct uv_handle_s uv_handle;

enum { UV_HANDLE_POLL = 8, UV_EVENT_READABLE = 1 };

size_t uv_handle_size(int type);
void uv_handle_set_data(uv_handle *handle, void *data);
void *uv_handle_get_data(const uv_handle *handle);
void uv_unref(uv_handle *handle);
void uv_close(uv_handle *handle, void (*closed)(uv_handle *handle));
// Each answers 0 or a negative errno.
int uv_poll_init(struct uv_loop_s *loop, uv_handle *handle, int fd);
int uv_poll_start(uv_handle *handle, int events, void (*ready)(uv_handle *handle, int status, int events));

#endif
