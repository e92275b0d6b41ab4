// Users and groups from the C library's databases.
#include "native.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>

enum { FIRST_BUFFER = 1024, LAST_BUFFER = 16 << 20, FIRST_GROUPS = 64, LAST_GROUPS = 65537 };

typedef struct {
    const char *name;
    int64_t id;
} subject;

typedef int (*lookup)(const subject *wanted, void *entry, char *buffer, size_t size, void **found);

static int passwd_by_name(const subject *wanted, void *entry, char *buffer, size_t size, void **found) {
    return getpwnam_r(wanted->name, entry, buffer, size, (struct passwd **)found);
}

static int passwd_by_uid(const subject *wanted, void *entry, char *buffer, size_t size, void **found) {
    return getpwuid_r((uid_t)wanted->id, entry, buffer, size, (struct passwd **)found);
}

static int group_by_name(const subject *wanted, void *entry, char *buffer, size_t size, void **found) {
    return getgrnam_r(wanted->name, entry, buffer, size, (struct group **)found);
}

static int group_by_gid(const subject *wanted, void *entry, char *buffer, size_t size, void **found) {
    return getgrgid_r((gid_t)wanted->id, entry, buffer, size, (struct group **)found);
}

/** These mean "no such entry" as well as a missing database. Source: getpwnam(3), RETURN VALUE. */
static bool means_absent(int error) {
    return error == ENOENT || error == ESRCH || error == EBADF || error == EPERM || error == ENOTDIR;
}

/** The strings of the entry lie in the buffer, which the caller frees. 0 or an errno; `*found` is NULL for no entry. */
static int look_up(lookup find, const subject *wanted, void *entry, char **buffer, void **found) {
    *buffer = NULL;
    for (size_t size = FIRST_BUFFER; size <= LAST_BUFFER; size *= 2) {
        char *larger = realloc(*buffer, size);
        if (larger == NULL) return ENOMEM;
        *buffer = larger;
        *found = NULL;
        int error = find(wanted, entry, *buffer, size, found);
        if (error == EINTR) size /= 2;
        else if (error != ERANGE) return means_absent(error) ? 0 : error;
    }
    return ERANGE;
}

static napi_value render_user(napi_env env, const struct passwd *user) {
    napi_value result;
    napi_create_object(env, &result);
    napi_set_named_property(env, result, "name", native_string(env, user->pw_name));
    napi_set_named_property(env, result, "uid", native_int(env, user->pw_uid));
    napi_set_named_property(env, result, "gid", native_int(env, user->pw_gid));
    napi_set_named_property(env, result, "home", native_string(env, user->pw_dir == NULL ? "" : user->pw_dir));
    napi_set_named_property(env, result, "shell", native_string(env, user->pw_shell == NULL ? "" : user->pw_shell));
    return result;
}

static napi_value find_user(napi_env env, lookup find, const char *call, const subject *wanted) {
    struct passwd entry;
    char *buffer;
    void *found = NULL;
    int error = look_up(find, wanted, &entry, &buffer, &found);
    napi_value result = error != 0      ? native_throw(env, call, error)
                        : found == NULL ? native_null(env)
                                        : render_user(env, &entry);
    free(buffer);
    return result;
}

static napi_value call_user_by_name(napi_env env, napi_callback_info info) {
    napi_value arg;
    char *name;
    if (!native_args(env, info, &arg, 1) || !native_arg_string(env, arg, &name)) return NULL;
    napi_value result = find_user(env, passwd_by_name, "getpwnam", &(subject){.name = name});
    free(name);
    return result;
}

static napi_value call_user_by_uid(napi_env env, napi_callback_info info) {
    napi_value arg;
    int64_t uid;
    if (!native_args(env, info, &arg, 1) || !native_arg_int(env, arg, &uid)) return NULL;
    if (uid < 0 || uid > UINT32_MAX) return native_null(env);
    return find_user(env, passwd_by_uid, "getpwuid", &(subject){.id = uid});
}

static napi_value call_gid_by_name(napi_env env, napi_callback_info info) {
    napi_value arg;
    char *name, *buffer;
    struct group entry;
    void *found = NULL;
    if (!native_args(env, info, &arg, 1) || !native_arg_string(env, arg, &name)) return NULL;
    int error = look_up(group_by_name, &(subject){.name = name}, &entry, &buffer, &found);
    free(name);
    free(buffer);
    if (error != 0) return native_throw(env, "getgrnam", error);
    return found == NULL ? native_null(env) : native_int(env, entry.gr_gid);
}

static napi_value call_group_exists(napi_env env, napi_callback_info info) {
    napi_value arg;
    int64_t gid;
    char *buffer;
    struct group entry;
    void *found = NULL;
    if (!native_args(env, info, &arg, 1) || !native_arg_int(env, arg, &gid)) return NULL;
    if (gid < 0 || gid > UINT32_MAX) return native_bool(env, false);
    int error = look_up(group_by_gid, &(subject){.id = gid}, &entry, &buffer, &found);
    free(buffer);
    if (error != 0) return native_throw(env, "getgrgid", error);
    return native_bool(env, found != NULL);
}

static napi_value render_gids(napi_env env, const gid_t *gids, int count) {
    napi_value result;
    napi_create_array_with_length(env, (size_t)count, &result);
    for (int i = 0; i < count; i++) napi_set_element(env, result, (uint32_t)i, native_int(env, gids[i]));
    return result;
}

static napi_value list_groups(napi_env env, const char *user, gid_t gid) {
    for (int room = FIRST_GROUPS; room <= LAST_GROUPS * 2; room *= 2) {
        gid_t *gids = calloc((size_t)room, sizeof *gids);
        int count = room;
        if (gids == NULL) return native_throw(env, "malloc", ENOMEM);
        bool complete = getgrouplist(user, gid, gids, &count) != -1;
        napi_value result = complete ? render_gids(env, gids, count) : NULL;
        free(gids);
        if (complete) return result;
    }
    return native_throw(env, "getgrouplist", ERANGE);
}

static napi_value call_group_list(napi_env env, napi_callback_info info) {
    napi_value args[2];
    char *user;
    int64_t gid;
    if (!native_args(env, info, args, 2) || !native_arg_int_within(env, args[1], 0, UINT32_MAX - 1, &gid) ||
        !native_arg_string(env, args[0], &user)) {
        return NULL;
    }
    napi_value result = list_groups(env, user, (gid_t)gid);
    free(user);
    return result;
}

void register_users(napi_env env, napi_value exports) {
    static const native_method methods[] = {
        {"userByName", call_user_by_name}, {"userByUid", call_user_by_uid}, {"gidByName", call_gid_by_name},
        {"groupExists", call_group_exists}, {"groupList", call_group_list},
    };
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
