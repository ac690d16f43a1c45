"""Models in processes of their own: what computes foreign weights can be stopped, and takes nothing with it.

See decision 0021. `worker_model.WorkerModel` is what the program uses; the other end is `child`.
"""
