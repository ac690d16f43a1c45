"""The project folder: database, history, tasks and jobs. The only place where annotations change."""
