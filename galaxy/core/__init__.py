"""What every room stands on: database, access, forms, jobs, languages, mail, storage, settings. It knows no room."""
