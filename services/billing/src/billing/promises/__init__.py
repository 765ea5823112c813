"""What customers promise to pay: promises and payment plans, kept or broken by what was paid."""
