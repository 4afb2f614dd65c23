import sys, time, gc
from tests.simulation.world import play, setting
from tests.simulation.oracle import judge
import structlog, logging
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
a,b=int(sys.argv[1]),int(sys.argv[2])
show = print if len(sys.argv)>3 else None
t0=time.perf_counter()
gc.collect(); gc.freeze()
for seed in range(a,b):
    t=time.perf_counter()
    w=play(setting(seed), show)
    try:
        judge(w); res='ok'
    except AssertionError as e:
        res=f'FAIL {str(e)[:600]}'
    print(seed, w.setting.dossiers, w.setting.racing, f'{w.virtual_s:.0f}s', w.steps, f'{time.perf_counter()-t:.2f}', w.digest[:8], res)
print((b-a)/(time.perf_counter()-t0)*60,'per minute')
