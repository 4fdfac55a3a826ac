// A stand-in for NVIDIA's libcuda.so.1, for tests of the way from Go to the driver on machines without a GPU. It is built
// and loaded by the tests only.
//
//	c++ -std=c++17 -shared -fPIC -ffp-contract=off -o libfakecuda.so driver.cpp -x c++ ../kernels/kernels.cu -lpthread -ldl
//
// What it does as a device would, so that mistakes show:
//   - device memory lies before a guard page, filled with NaN: reading what was not written, or behind the end, shows
//   - each stream is a thread that works in order: what is not waited for has not happened
//   - a module is PTX: entry names and parameter sizes come from it; what runs is the same source, compiled for the host
//   - a fault in a kernel is CUDA_ERROR_ILLEGAL_ADDRESS from then on, in every call
//   - while a stream is captured there are no copies from memory that is not pinned and no waits, and in the modes that
//     forbid it no allocations
//   - a call without a current context is CUDA_ERROR_INVALID_CONTEXT
//
// It is a stand-in for libcublas.so too, with sums from behind, for LIVESPIKE_LIBCUBLAS.
//
// FAKE_FAIL=FUNCTION:N:CODE lets the Nth call of a function return CODE; several are separated by commas. FAKE_DEVICES is
// the number of devices, 1 by default. FAKE_MEMORY is the bytes of each, 1 GiB by default. FAKE_REPORT names a file to
// which, when the context is released, "live N" is written: the allocations, streams, events, graphs and handles that were left.
#include <atomic>
#include <condition_variable>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <dlfcn.h>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <sys/mman.h>
#include <thread>
#include <ucontext.h>
#include <unistd.h>
#include <vector>

#include "../kernels/device.h"

#define API extern "C" __attribute__((visibility("default")))

namespace {

// The driver's codes. Source: CUDA Driver API, "Data types used by CUDA driver", enum CUresult.
enum Code {
	ok = 0, invalidValue = 1, outOfMemory = 2, notInitialized = 3, noDevice = 100, invalidDevice = 101,
	invalidImage = 200, invalidContext = 201, notFound = 500, illegalAddress = 700, launchFailed = 719, notWhileCapturing = 900, unknown = 999,
};

const std::map<int, std::pair<const char *, const char *>> codes = {
	{0, {"CUDA_SUCCESS", "no error"}},
	{1, {"CUDA_ERROR_INVALID_VALUE", "invalid argument"}},
	{2, {"CUDA_ERROR_OUT_OF_MEMORY", "out of memory"}},
	{3, {"CUDA_ERROR_NOT_INITIALIZED", "initialization error"}},
	{100, {"CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"}},
	{101, {"CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"}},
	{200, {"CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"}},
	{201, {"CUDA_ERROR_INVALID_CONTEXT", "invalid device context"}},
	{209, {"CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"}},
	{218, {"CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"}},
	{222, {"CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the provided PTX was compiled with an unsupported toolchain."}},
	{500, {"CUDA_ERROR_NOT_FOUND", "named symbol not found"}},
	{700, {"CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"}},
	{719, {"CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"}},
	{900, {"CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"}},
	{801, {"CUDA_ERROR_NOT_SUPPORTED", "operation not supported"}},
	{999, {"CUDA_ERROR_UNKNOWN", "unknown error"}},
};

std::mutex mu; // guards what follows
bool started;
int sticky;                          // what a kernel did
std::map<std::string, int> calls;    // of each function
std::map<uintptr_t, size_t> device;  // allocations, by address
std::map<void *, std::pair<void *, size_t>> mappings; // of allocations and pinned memory: what to unmap
std::map<void *, size_t> pinned;
size_t held;
std::atomic<bool> strict;  // a stream is captured in a mode that forbids allocations
int objects; // streams, events, graphs, modules and handles of cuBLAS

size_t memoryOf() {
	const char *s = getenv("FAKE_MEMORY");
	return s ? strtoull(s, nullptr, 10) : size_t(1) << 30;
}

int devicesOf() {
	const char *s = getenv("FAKE_DEVICES");
	return s ? atoi(s) : 1;
}

// injected counts a call and says whether it is to fail.
int injected(const char *function) {
	std::lock_guard<std::mutex> lock(mu);
	int n = ++calls[function];
	const char *spec = getenv("FAKE_FAIL");
	if (!spec) return ok;
	for (const char *at = spec; at && *at;) {
		char name[64];
		int nth, code;
		if (sscanf(at, "%63[^:]:%d:%d", name, &nth, &code) == 3 && !strcmp(name, function) && nth == n) {
			if (code >= 700 && code < 800) sticky = code;
			return code;
		}
		at = strchr(at, ',');
		if (at) at++;
	}
	return ok;
}

struct Context { int index; };
Context contexts[16];
thread_local Context *current;

// The head of every function that needs a context.
#define ENTER(function)                                  \
	do {                                                 \
		if (int c = injected(function)) return c;        \
		if (!current) return invalidContext;             \
		std::lock_guard<std::mutex> lock(mu);            \
		if (sticky) return sticky;                       \
	} while (0)

// mapped is memory that ends at a page which cannot be touched. A vector of 16 bytes at its end keeps its alignment.
void *mapped(size_t bytes, unsigned char fill) {
	size_t page = sysconf(_SC_PAGESIZE), room = (bytes + 15) / 16 * 16;
	size_t pages = (room + page - 1) / page * page;
	char *base = (char *)mmap(nullptr, pages + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED) return nullptr;
	memset(base, fill, pages);
	mprotect(base + pages, page, PROT_NONE);
	char *p = base + pages - room;
	mappings[p] = {base, pages + page};
	return p;
}

void unmap(void *p) {
	munmap(mappings[p].first, mappings[p].second);
	mappings.erase(p);
}

bool onDevice(uintptr_t at, size_t bytes) {
	std::lock_guard<std::mutex> lock(mu);
	auto it = device.upper_bound(at);
	if (it == device.begin()) return false;
	--it;
	return at >= it->first && at + bytes <= it->first + it->second;
}

bool isPinned(const void *p) {
	std::lock_guard<std::mutex> lock(mu);
	auto it = pinned.upper_bound((void *)p);
	if (it == pinned.begin()) return false;
	--it;
	return (char *)p < (char *)it->first + it->second;
}

// Faults of kernels come back here; all others go to whoever handled them before.
thread_local sigjmp_buf *escape;
struct sigaction before[2];

void onFault(int signal, siginfo_t *info, void *context) {
	if (escape) siglongjmp(*escape, 1);
	struct sigaction &next = before[signal == SIGBUS];
	if (next.sa_flags & SA_SIGINFO) next.sa_sigaction(signal, info, context);
	else if (next.sa_handler == SIG_DFL || next.sa_handler == SIG_IGN) _exit(128 + signal);
	else next.sa_handler(signal);
}

void catchFaults() {
	struct sigaction action = {};
	action.sa_sigaction = onFault;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
	sigaction(SIGSEGV, &action, &before[0]);
	sigaction(SIGBUS, &action, &before[1]);
}

struct Entry {
	std::string name;
	std::vector<int> sizes;
	std::vector<bool> real;
	bool meets = false; // whether its threads meet
	void *host = nullptr;
};

struct Module { std::map<std::string, Entry> entries; };

// parse reads the entries of PTX.
bool parse(const std::string &ptx, Module &m) {
	if (ptx.find(".version") == std::string::npos || ptx.find(".target sm_") == std::string::npos) return false;
	void *self = dlopen(nullptr, RTLD_NOW);
	Dl_info here;
	dladdr((void *)&parse, &here);
	void *library = dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD);
	for (size_t at = 0; (at = ptx.find(".entry ", at)) != std::string::npos;) {
		at += strlen(".entry ");
		size_t open = ptx.find('(', at), close = ptx.find(')', open), body = ptx.find("\n}", close);
		if (open == std::string::npos || close == std::string::npos || body == std::string::npos) return false;
		Entry e;
		e.name = ptx.substr(at, open - at);
		while (!e.name.empty() && isspace((unsigned char)e.name.back())) e.name.pop_back();
		std::string params = ptx.substr(open, close - open);
		for (size_t p = 0; (p = params.find(".param ", p)) != std::string::npos;) {
			p = params.find('.', p + 1);
			char kind = params[p + 1];
			int bits = atoi(params.c_str() + p + 2);
			if (!strchr("usbf", kind) || (bits != 32 && bits != 64)) return false;
			e.sizes.push_back(bits / 8);
			e.real.push_back(kind == 'f');
		}
		std::string code = ptx.substr(close, body - close);
		e.meets = code.find("bar.sync") != std::string::npos || code.find("barrier") != std::string::npos || code.find("vote") != std::string::npos;
		e.host = dlsym(library ? library : self, e.name.c_str());
		if (!e.host) return false;
		m.entries[e.name] = e;
		at = body;
	}
	return !m.entries.empty();
}

// A launch whose arguments were copied.
struct Launch {
	Entry entry;
	u32 grid[3], block[3];
	uint64_t whole[24];
	double real[8];
};

// By the calling conventions of x86-64 and of 64-bit Arm, whole numbers and real ones are counted apart, so that one type of
// function serves for all.
typedef void (*Any)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                    uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                    uint64_t, uint64_t, uint64_t, uint64_t, double, double, double, double, double, double, double,
                    double);

void call(const Launch &l) {
	const uint64_t *w = l.whole;
	const double *r = l.real;
	((Any)l.entry.host)(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15],
	                    w[16], w[17], w[18], w[19], w[20], w[21], w[22], w[23], r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]);
}

// The threads of a block that meet are fibers of one thread.
struct Fiber {
	ucontext_t context;
	Place at;
	std::vector<char> stack;
	enum { running, atBarrier, atBallot, done } state = running;
	bool vote = false;
	u32 word = 0;
};

thread_local std::vector<Fiber> *block;
thread_local Fiber *fiber;
thread_local ucontext_t scheduler;
thread_local const Launch *launch;

void fiberMain() {
	call(*launch);
	fiber->state = Fiber::done;
	swapcontext(&fiber->context, &scheduler);
}

// meet lets the fibers go on that all came to the same place; whether there were any.
bool meet(std::vector<Fiber> &fibers) {
	bool all = true, any = false;
	for (Fiber &f : fibers) all &= f.state == Fiber::atBarrier || f.state == Fiber::done;
	if (all) {
		for (Fiber &f : fibers) {
			if (f.state != Fiber::atBarrier) continue;
			f.state = Fiber::running;
			any = true;
		}
		return any;
	}
	for (size_t from = 0; from < fibers.size(); from += 32) {
		size_t to = std::min(from + 32, fibers.size());
		u32 word = 0;
		bool whole = true;
		for (size_t i = from; i < to; i++) {
			whole &= fibers[i].state == Fiber::atBallot;
			word |= u32(fibers[i].vote) << (i - from);
		}
		if (!whole) continue;
		for (size_t i = from; i < to; i++) {
			fibers[i].word = word;
			fibers[i].state = Fiber::running;
		}
		any = true;
	}
	return any;
}

// runBlock is false if threads wait for each other at different places.
bool runBlock(const Launch &l, Place at) {
	size_t n = size_t(l.block[0]) * l.block[1] * l.block[2];
	std::vector<Fiber> fibers(n);
	block = &fibers;
	for (size_t i = 0; i < n; i++) {
		Fiber &f = fibers[i];
		f.at = at;
		f.at.thread[0] = i % l.block[0];
		f.at.thread[1] = i / l.block[0] % l.block[1];
		f.at.thread[2] = i / l.block[0] / l.block[1];
		f.stack.resize(64 << 10);
		getcontext(&f.context);
		f.context.uc_stack.ss_sp = f.stack.data();
		f.context.uc_stack.ss_size = f.stack.size();
		f.context.uc_link = &scheduler;
		makecontext(&f.context, fiberMain, 0);
	}
	for (size_t left = n; left > 0;) {
		for (Fiber &f : fibers) {
			if (f.state != Fiber::running) continue;
			fiber = &f;
			place = f.at;
			swapcontext(&scheduler, &f.context);
			if (f.state == Fiber::done) left--;
		}
		if (left > 0 && !meet(fibers)) return false;
	}
	return true;
}

// run is 0 or the sticky code of what went wrong.
int run(const Launch &l) {
	sigjmp_buf back;
	if (sigsetjmp(back, 1)) {
		escape = nullptr;
		return illegalAddress;
	}
	launch = &l;
	escape = &back;
	bool good = true;
	Place at = {};
	for (int axis = 0; axis < 3; axis++) at.grid[axis] = l.grid[axis], at.blockSize[axis] = l.block[axis];
	for (at.block[2] = 0; at.block[2] < l.grid[2]; at.block[2]++)
		for (at.block[1] = 0; at.block[1] < l.grid[1]; at.block[1]++)
			for (at.block[0] = 0; at.block[0] < l.grid[0]; at.block[0]++) {
				if (l.entry.meets) {
					good = good && runBlock(l, at);
					continue;
				}
				for (at.thread[2] = 0; at.thread[2] < l.block[2]; at.thread[2]++)
					for (at.thread[1] = 0; at.thread[1] < l.block[1]; at.thread[1]++)
						for (at.thread[0] = 0; at.thread[0] < l.block[0]; at.thread[0]++) {
							place = at;
							call(l);
						}
			}
	escape = nullptr;
	return good ? ok : launchFailed;
}

typedef std::function<int()> Work;

// Stream is a thread that works in order.
struct Stream {
	std::mutex m;
	std::condition_variable changed;
	std::deque<Work> queue;
	bool busy = false, ending = false;
	std::vector<Work> *capture = nullptr;
	bool capturing() {
		std::lock_guard<std::mutex> lock(m);
		return capture;
	}
	std::thread worker{[this] { serve(); }};

	void serve() {
		std::unique_lock<std::mutex> lock(m);
		for (;;) {
			changed.wait(lock, [this] { return ending || !queue.empty(); });
			if (queue.empty()) return;
			Work w = std::move(queue.front());
			queue.pop_front();
			busy = true;
			lock.unlock();
			int code = w();
			if (code) {
				std::lock_guard<std::mutex> global(mu);
				if (!sticky) sticky = code;
			}
			lock.lock();
			busy = false;
			changed.notify_all();
		}
	}
	int put(Work w) {
		std::lock_guard<std::mutex> lock(m);
		if (capture) capture->push_back(std::move(w));
		else queue.push_back(std::move(w));
		changed.notify_all();
		return ok;
	}
	void wait() {
		std::unique_lock<std::mutex> lock(m);
		changed.wait(lock, [this] { return !busy && queue.empty(); });
	}
	~Stream() {
		{
			std::lock_guard<std::mutex> lock(m);
			ending = true;
			changed.notify_all();
		}
		worker.join();
	}
};

struct Event {
	std::mutex m;
	std::condition_variable changed;
	bool recorded = false, passed = true;
	double at = 0;
};

struct Graph { std::vector<Work> work; };

std::mutex streamsMu;
std::set<Stream *> streams;

void waitAll() {
	std::lock_guard<std::mutex> lock(streamsMu);
	for (Stream *s : streams) s->wait();
}

int failed() {
	std::lock_guard<std::mutex> lock(mu);
	return sticky;
}

void count(int by) {
	std::lock_guard<std::mutex> lock(mu);
	objects += by;
}

double now() {
	timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

} // namespace

thread_local Place place;

void hostBarrier() {
	fiber->state = Fiber::atBarrier;
	swapcontext(&fiber->context, &scheduler);
}

u32 hostBallot(bool p) {
	fiber->vote = p;
	fiber->state = Fiber::atBallot;
	swapcontext(&fiber->context, &scheduler);
	return fiber->word;
}

API int cuInit(unsigned) {
	if (int c = injected("cuInit")) return c;
	std::lock_guard<std::mutex> lock(mu);
	if (!started) catchFaults();
	started = true;
	return ok;
}

API int cuDriverGetVersion(int *v) {
	if (int c = injected("cuDriverGetVersion")) return c;
	*v = 12040;
	return ok;
}

API int cuGetErrorName(int code, const char **s) {
	auto it = codes.find(code);
	*s = it == codes.end() ? nullptr : it->second.first;
	return *s ? ok : invalidValue;
}

API int cuGetErrorString(int code, const char **s) {
	auto it = codes.find(code);
	*s = it == codes.end() ? nullptr : it->second.second;
	return *s ? ok : invalidValue;
}

API int cuDeviceGetCount(int *n) {
	if (int c = injected("cuDeviceGetCount")) return c;
	if (!started) return notInitialized;
	*n = devicesOf();
	return ok;
}

API int cuDeviceGet(int *d, int i) {
	if (int c = injected("cuDeviceGet")) return c;
	if (i < 0 || i >= devicesOf()) return invalidDevice;
	*d = i;
	return ok;
}

API int cuDeviceGetName(char *name, int size, int d) {
	if (int c = injected("cuDeviceGetName")) return c;
	snprintf(name, size, "Stand-in %d", d);
	return ok;
}

API int cuDeviceTotalMem_v2(size_t *bytes, int) {
	if (int c = injected("cuDeviceTotalMem")) return c;
	*bytes = memoryOf();
	return ok;
}

API int cuDeviceGetAttribute(int *v, int attribute, int) {
	if (int c = injected("cuDeviceGetAttribute")) return c;
	switch (attribute) {
	case 16: *v = 4; break; // multiprocessors
	case 75: *v = 7; break; // compute capability
	case 76: *v = 0; break;
	default: return invalidValue;
	}
	return ok;
}

API int cuDevicePrimaryCtxRetain(void **context, int d) {
	if (int c = injected("cuDevicePrimaryCtxRetain")) return c;
	if (!started) return notInitialized;
	*context = &contexts[d];
	return ok;
}

API int cuDevicePrimaryCtxRelease_v2(int) {
	if (int c = injected("cuDevicePrimaryCtxRelease")) return c;
	if (const char *path = getenv("FAKE_REPORT")) {
		std::lock_guard<std::mutex> lock(mu);
		if (FILE *f = fopen(path, "a")) {
			fprintf(f, "live %zu\n", device.size() + pinned.size() + objects);
			fclose(f);
		}
	}
	return ok;
}

API int cuCtxSetCurrent(void *context) {
	if (int c = injected("cuCtxSetCurrent")) return c;
	current = (Context *)context;
	return ok;
}

API int cuCtxSynchronize() {
	ENTER("cuCtxSynchronize");
	waitAll();
	return failed();
}

API int cuMemGetInfo_v2(size_t *free, size_t *total) {
	ENTER("cuMemGetInfo");
	std::lock_guard<std::mutex> lock(mu);
	*total = memoryOf();
	*free = *total - held;
	return ok;
}

API int cuMemAlloc_v2(unsigned long long *at, size_t bytes) {
	ENTER("cuMemAlloc");
	if (!bytes) return invalidValue;
	if (strict) return notWhileCapturing;
	std::lock_guard<std::mutex> lock(mu);
	if (held + bytes > memoryOf()) return outOfMemory;
	void *p = mapped(bytes, 0xff); // each word is a NaN
	if (!p) return outOfMemory;
	*at = (uintptr_t)p;
	device[(uintptr_t)p] = bytes;
	held += bytes;
	return ok;
}

API int cuMemFree_v2(unsigned long long at) {
	ENTER("cuMemFree");
	waitAll();
	std::lock_guard<std::mutex> lock(mu);
	auto it = device.find(at);
	if (it == device.end()) return invalidValue;
	held -= it->second;
	unmap((void *)(uintptr_t)at);
	device.erase(it);
	return sticky;
}

API int cuMemHostAlloc(void **p, size_t bytes, unsigned) {
	ENTER("cuMemHostAlloc");
	std::lock_guard<std::mutex> lock(mu);
	*p = mapped(bytes, 0);
	if (!*p) return outOfMemory;
	pinned[*p] = bytes;
	return ok;
}

API int cuMemFreeHost(void *p) {
	ENTER("cuMemFreeHost");
	std::lock_guard<std::mutex> lock(mu);
	if (!pinned.erase(p)) return invalidValue;
	unmap(p);
	return ok;
}

API int cuMemcpyHtoDAsync_v2(unsigned long long to, const void *from, size_t bytes, Stream *s) {
	ENTER("cuMemcpyHtoDAsync");
	if (!onDevice(to, bytes)) return invalidValue;
	if (isPinned(from)) return s->put([=] { memcpy((void *)(uintptr_t)to, from, bytes); return ok; });
	if (s->capturing()) return notWhileCapturing; // replayed, it would copy from memory that is not its own
	std::string copied((const char *)from, bytes);
	return s->put([=] { memcpy((void *)(uintptr_t)to, copied.data(), bytes); return ok; });
}

API int cuMemcpyDtoHAsync_v2(void *to, unsigned long long from, size_t bytes, Stream *s) {
	ENTER("cuMemcpyDtoHAsync");
	if (!onDevice(from, bytes) || !isPinned(to)) return invalidValue;
	return s->put([=] { memcpy(to, (void *)(uintptr_t)from, bytes); return ok; });
}

API int cuMemcpyDtoH_v2(void *to, unsigned long long from, size_t bytes) {
	ENTER("cuMemcpyDtoH");
	if (!onDevice(from, bytes)) return invalidValue;
	memcpy(to, (void *)(uintptr_t)from, bytes);
	return ok;
}

API int cuMemcpyDtoDAsync_v2(unsigned long long to, unsigned long long from, size_t bytes, Stream *s) {
	ENTER("cuMemcpyDtoDAsync");
	if (!onDevice(from, bytes) || !onDevice(to, bytes)) return invalidValue;
	return s->put([=] { memcpy((void *)(uintptr_t)to, (void *)(uintptr_t)from, bytes); return ok; });
}

API int cuMemsetD32Async(unsigned long long at, unsigned v, size_t n, Stream *s) {
	ENTER("cuMemsetD32Async");
	if (!onDevice(at, n * 4)) return invalidValue;
	return s->put([=] {
		for (size_t i = 0; i < n; i++) ((u32 *)(uintptr_t)at)[i] = v;
		return ok;
	});
}

API int cuStreamCreate(Stream **s, unsigned) {
	ENTER("cuStreamCreate");
	*s = new Stream;
	std::lock_guard<std::mutex> lock(streamsMu);
	streams.insert(*s);
	count(1);
	return ok;
}

API int cuStreamDestroy_v2(Stream *s) {
	ENTER("cuStreamDestroy");
	{
		std::lock_guard<std::mutex> lock(streamsMu);
		if (!streams.erase(s)) return invalidValue;
	}
	delete s;
	count(-1);
	return ok;
}

API int cuStreamSynchronize(Stream *s) {
	ENTER("cuStreamSynchronize");
	if (s->capturing()) return notWhileCapturing;
	s->wait();
	return failed();
}

API int cuEventCreate(Event **e, unsigned) {
	ENTER("cuEventCreate");
	*e = new Event;
	count(1);
	return ok;
}

API int cuEventDestroy_v2(Event *e) {
	ENTER("cuEventDestroy");
	waitAll();
	delete e;
	count(-1);
	return ok;
}

API int cuEventRecord(Event *e, Stream *s) {
	ENTER("cuEventRecord");
	std::lock_guard<std::mutex> lock(e->m);
	e->recorded = true;
	e->passed = false;
	return s->put([=] {
		std::lock_guard<std::mutex> lock(e->m);
		e->passed = true;
		e->at = now();
		e->changed.notify_all();
		return ok;
	});
}

API int cuEventSynchronize(Event *e) {
	ENTER("cuEventSynchronize");
	std::unique_lock<std::mutex> lock(e->m);
	e->changed.wait(lock, [=] { return e->passed; });
	return failed();
}

API int cuStreamWaitEvent(Stream *s, Event *e, unsigned) {
	ENTER("cuStreamWaitEvent");
	return s->put([=] {
		std::unique_lock<std::mutex> lock(e->m);
		e->changed.wait(lock, [=] { return e->passed; });
		return ok;
	});
}

API int cuEventElapsedTime(float *ms, Event *from, Event *to) {
	ENTER("cuEventElapsedTime");
	if (!from->recorded || !to->recorded) return invalidValue;
	*ms = to->at - from->at;
	return ok;
}

API int cuModuleLoadData(Module **m, const void *image) {
	ENTER("cuModuleLoadData");
	*m = new Module;
	if (!parse((const char *)image, **m)) {
		delete *m;
		return invalidImage;
	}
	count(1);
	return ok;
}

API int cuModuleLoadDataEx(Module **m, const void *image, unsigned n, const int *options, void **values) {
	if (int c = injected("cuModuleLoadDataEx")) {
		for (unsigned i = 0; i + 1 < n; i++) // the buffer for errors and its size
			if (options[i] == 5 && options[i + 1] == 6) snprintf((char *)values[i], (size_t)values[i + 1], "ptxas application ptx input, line 1; fatal : injected\n");
		return c;
	}
	return cuModuleLoadData(m, image);
}

API int cuModuleUnload(Module *m) {
	ENTER("cuModuleUnload");
	delete m;
	count(-1);
	return ok;
}

API int cuModuleGetFunction(Entry **f, Module *m, const char *name) {
	ENTER("cuModuleGetFunction");
	auto it = m->entries.find(name);
	if (it == m->entries.end()) return notFound;
	*f = &it->second;
	return ok;
}

API int cuLaunchKernel(Entry *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned, Stream *s, void **params, void **) {
	ENTER("cuLaunchKernel");
	if (!gx || !gy || !gz || gx > 0x7fffffffu || gy > 65535 || gz > 65535 || bx * by * bz > 1024 || !bx || !by || !bz || bz > 64) return invalidValue;
	Launch l = {};
	l.entry = *f;
	u32 grid[3] = {gx, gy, gz}, threads[3] = {bx, by, bz};
	memcpy(l.grid, grid, sizeof grid);
	memcpy(l.block, threads, sizeof threads);
	size_t wholes = 0, reals = 0;
	for (size_t i = 0; i < f->sizes.size(); i++) {
		if (f->real[i]) {
			if (reals == 8) return invalidValue;
			memcpy(&l.real[reals++], params[i], f->sizes[i]);
		} else {
			if (wholes == 24) return invalidValue;
			memcpy(&l.whole[wholes++], params[i], f->sizes[i]);
		}
	}
	return s->put([=] { return run(l); });
}

API int cuStreamBeginCapture_v2(Stream *s, int mode) {
	ENTER("cuStreamBeginCapture");
	strict = mode != 2;
	std::lock_guard<std::mutex> lock(s->m);
	if (s->capture) return invalidValue;
	s->capture = new std::vector<Work>;
	return ok;
}

API int cuStreamEndCapture(Stream *s, Graph **g) {
	ENTER("cuStreamEndCapture");
	strict = false;
	std::lock_guard<std::mutex> lock(s->m);
	if (!s->capture) return invalidValue;
	*g = new Graph{std::move(*s->capture)};
	delete s->capture;
	s->capture = nullptr;
	count(1);
	return ok;
}

API int cuGraphInstantiateWithFlags(Graph **exec, Graph *g, unsigned long long) {
	ENTER("cuGraphInstantiate");
	*exec = new Graph(*g);
	count(1);
	return ok;
}

API int cuGraphLaunch(Graph *g, Stream *s) {
	ENTER("cuGraphLaunch");
	for (const Work &w : g->work) s->put(w);
	return ok;
}

API int cuGraphExecDestroy(Graph *g) {
	ENTER("cuGraphExecDestroy");
	waitAll();
	delete g;
	count(-1);
	return ok;
}

API int cuGraphDestroy(Graph *g) {
	ENTER("cuGraphDestroy");
	delete g;
	count(-1);
	return ok;
}

// cuBLAS. Its sums begin at the end, so that their last bits tell who made them.
struct Blas {
	Stream *stream = nullptr;
};

API int cublasCreate_v2(Blas **b) {
	if (int c = injected("cublasCreate")) return c;
	if (!current) return 1;
	*b = new Blas;
	count(1);
	return ok;
}

API int cublasDestroy_v2(Blas *b) {
	if (int c = injected("cublasDestroy")) return c;
	delete b;
	count(-1);
	return ok;
}

API int cublasGetVersion_v2(Blas *, int *version) {
	if (int c = injected("cublasGetVersion")) return c;
	*version = 120405;
	return ok;
}

API int cublasSetStream_v2(Blas *b, Stream *s) {
	if (int c = injected("cublasSetStream")) return c;
	b->stream = s;
	return ok;
}

API int cublasSetMathMode(Blas *, int mode) {
	if (int c = injected("cublasSetMathMode")) return c;
	return mode == 2 ? ok : 7;
}

API int cublasSgemm_v2(Blas *b, int turnA, int turnB, int m, int n, int k, const float *alpha, const float *a, int strideA, const float *x,
                       int strideX, const float *beta, float *y, int strideY) {
	if (int c = injected("cublasSgemm")) return c;
	if (m < 1 || n < 1 || k < 1 || strideA < (turnA ? k : m) || strideX < (turnB ? n : k) || strideY < m) return 7;
	float scale = *alpha, keep = *beta;
	return b->stream->put([=] {
		for (int i = 0; i < m; i++)
			for (int j = 0; j < n; j++) {
				float sum = 0;
				for (int p = k - 1; p >= 0; p--)
					sum += (turnA ? a[p + (size_t)i * strideA] : a[i + (size_t)p * strideA]) * (turnB ? x[j + (size_t)p * strideX] : x[p + (size_t)j * strideX]);
				float &to = y[i + (size_t)j * strideY];
				to = keep == 0 ? scale * sum : scale * sum + keep * to;
			}
		return ok;
	});
}
